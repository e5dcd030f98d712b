// A client on npm's `soap`, which reads the WSDLs when it starts.
//
// Takes a call per line from standard input and gives a line for each, as
// tests/fakes/foreign_clients.py says.
'use strict';

const readline = require('node:readline');
const soap = require('soap');

const SERVICE_OF = { startWaiter: 0, getServiceStatus: 0, abortService: 0, divide: 1, say: 2, gather: 2 };
const LISTS = new Set(['sizes', 'items', 'all']);
const AFTER_ITEM = '\x1f';

// An author of a script knows which outputs are lists: one item comes without an array around it.
const text = (name, value) =>
  LISTS.has(name) ? [value].flat().map((item) => item + AFTER_ITEM).join('') : String(value);
const pair = ([name, value]) =>
  ` ${name}=${Buffer.from(text(name, value), 'utf8').toString('hex')}`;

async function answer(clients, line) {
  const [operation, ...words] = line.split(' ');
  const given = {};
  for (const word of words) {
    const [name, hex] = word.split('=');
    const said = Buffer.from(hex, 'hex').toString('utf8');
    given[name] = LISTS.has(name) ? said.split(AFTER_ITEM).slice(0, -1) : said;
  }
  try {
    const [result] = await clients[SERVICE_OF[operation]][`${operation}Async`](given);
    return `answer${Object.entries(result).map(pair).join('')}`;
  } catch (error) {
    if (!error.root) throw error; // no SOAP fault
    const fault = error.root.Envelope.Body.Fault;
    const declared = fault.detail && fault.detail.ServiceFault;
    if (!declared) return `undeclared${pair(['message', fault.faultstring])}`;
    return `fault${pair(['code', declared.code])}${pair(['message', declared.message])}`;
  }
}

async function main(wsdls) {
  const clients = await Promise.all(wsdls.map((wsdl) => soap.createClientAsync(wsdl)));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(await answer(clients, line));
  }
}

main(process.argv.slice(2));
