import Joi from "joi";
import { setting, type Words } from "./setting.ts";

const WEEK_HOURS = 168;

const limit = (standard: number, most: number, otherwise: Words) =>
  setting<number>({ schema: Joi.number().integer().min(1).max(most).default(standard), otherwise });

/**
 * Wall-clock limits of a dispute; the law names none of these. Those that it counts in working days are no
 * settings.
 */
export const LIMITS = {
  guidanceLateMin: limit(10, 24 * 60, {
    en: "{default}: minutes without an officer after which both drivers are told and offered the other ways",
    zh: "{default}：远程指导多少分钟无人接收即告知双方，并提供其他途径",
  }),
  proposalMin: limit(30, 24 * 60, {
    en: "{default}: minutes after which a proposed joint application lapses without the other's answer",
    zh: "{default}：共同申请提出后，对方多少分钟未答复即失效",
  }),
  applicationLateMin: limit(30, 24 * 60, {
    en: "{default}: minutes without an officer after which both applicants are told",
    zh: "{default}：共同申请多少分钟无人受理即告知双方",
  }),
  untakenHours: limit(24, WEEK_HOURS, {
    en: "{default}: hours without an officer after which an application goes back to the drivers; also hours after which guidance that an officer has taken and not given waits for any officer again, and which any officer has for an application whose letter is overdue",
    zh: "{default}：共同申请多少小时无人受理即退回双方；交警已接收的远程指导，超过该时长未给出意见的，重新排队；认定书已超期的共同申请，民警受理满该时长即重新排队",
  }),
  letterReminderHours: limit(24, WEEK_HOURS, {
    en: "{default}: hours after which a party that has not opened its letter is told again",
    zh: "{default}：认定书发出多少小时未查看即再次提醒",
  }),
};
