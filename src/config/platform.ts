/** The platform's hosts in order of preference; the access token is shared by all of them. */
export const PLATFORM_HOSTS = [
  "https://api.weixin.qq.com",
  "https://api2.weixin.qq.com",
  "https://sh.api.weixin.qq.com",
  "https://sz.api.weixin.qq.com",
];
export const PLATFORM_PAGES = "https://open.weixin.qq.com";
