import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Emergency, emergencyIn } from "../../src/chat/emergency.ts";

const SAID: Record<Emergency, string> = {
  hurt:
    "有人受伤|有人受伤了！|对方受了伤|他受重伤|流血|流血了怎么办|一直在流血|流了很多血|额头出血|有伤者|撞人了|撞到人了|撞了行人|司机昏迷|晕倒了|" +
    "120|１２０|打120|快叫120|叫救护车|injured|Someone is injured|my leg hurts, I am hurt|there is blood|He's bleeding|blood!|" +
    "I'm not sure if he is injured|he is not breathing|call an ambulance|Call 120|没人报案，有人受伤",
  fire: "着火|着火了！！|车起火了|冒烟了|漏油了|119|拨打119|fire|Fire!|the car is on fire|smoke from the engine|two people trapped|有人受伤，车还着火了",
  danger: "救命|救命啊|救救我|help me|Help us please|help!|HELP!!!|SOS|emergency",
  police:
    "报警|我要报警|报警！|怎么报警|叫警察|找交警|警察|对方肇事逃逸|打110|110|122|police|call the police|we need the police|hit and run",
};

describe("an emergency in the chat", () => {
  for (const [kind, texts] of Object.entries(SAID)) {
    for (const text of texts.split("|")) it(`${text} is ${kind}`, () => assert.equal(emergencyIn(text), kind));
  }

  const ORDINARY =
    "没人受伤|没有人受伤|无人受伤|没有人员受伤|无人员受伤|双方都没受伤|人没受伤|没有流血|没着火|不用报警|不需要报警|没报警|已报警|已经报警了|" +
    "别报警|维修费120元|赔了110块|沪A12012|沪A120|车速120公里|120块钱|我的手机 13812012345|交警什么时候来|差点撞人|消防栓|" +
    "nobody is hurt|Nobody was injured|no one is hurt|No-one got hurt|no injuries|not injured|nobody hurt or injured|we aren't hurt|no blood|" +
    "I hit a fire hydrant|at the fire station|my policy number|insurance policy|the fired worker|help|Help|help?|no need to call the police|" +
    "bloody rain|hurtling|1|6|帮助|人工|撤回|进度|处理事故|1200|120000|照片|1和2对调|今天天气不错|";
  for (const text of ORDINARY.split("|")) it(`“${text}” is none`, () => assert.equal(emergencyIn(text), null));

  it("is read in no time, however long the message", () => {
    for (const part of ["没", "no ", "受", "打1", "not the ", "a"]) emergencyIn(part.repeat(100_000));
  });
});
