// An official account's server built on node-easywechat: it is told of the far side by the environment, says what it
// meets as lines of JSON, takes commands as lines of JSON, and ends with its input.
'use strict';

const http = require('http');
const readline = require('readline');
const { OfficialAccount } = require('node-easywechat');
const ServerRequest = require('node-easywechat/dist/Core/Http/ServerRequest');
const { decrypt, encrypt, getSignature } = require('@wecom/crypto');
const Cryptor = require('wechat-crypto');

const given = process.env;
const account = {
  app_id: given.WECHAT_OFFICIAL_APPID,
  secret: given.WECHAT_OFFICIAL_SECRET,
  token: given.WECHAT_OFFICIAL_TOKEN,
  aes_key: given.WECHAT_OFFICIAL_AES_KEYS,
  use_stable_access_token: true,
  http: { baseURL: `${given.WECHAT_API_URL}/`, throw: false },
};
const app = new OfficialAccount(account);
const cryptor = new Cryptor(account.token, account.aes_key, account.app_id);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const server = http.createServer(async (incoming, outgoing) => {
  try {
    app.setRequest(await ServerRequest.createFromIncomingMessage(incoming));
    const receiver = app.getServer();
    receiver.handlers = [];
    receiver.with(async (message) => {
      say({ pushed: message.attributes });
      return message.MsgType === 'text' ? `收到：${message.Content}` : 'success';
    });
    const reply = await receiver.serve();
    outgoing.writeHead(reply.getStatusCode(), { 'Content-Type': 'text/xml' });
    outgoing.end(reply.getBody());
  } catch (problem) {
    say({ problem: String(problem) });
    outgoing.writeHead(500).end();
  }
});

const commands = {
  token: () => app.getAccessToken().getToken(),
  plain_token: () => new OfficialAccount({ ...account, use_stable_access_token: false }).getAccessToken().getToken(),
  // The number of a message is beyond JavaScript's: the answer is kept as it came.
  call: async ({ method, path, body, params }) => {
    const payload = method === 'post' ? { json: body } : { params };
    const answer = await app.getClient().request(method, path, payload);
    return answer.toObject();
  },
  encrypt: ({ text }) => encrypt(account.aes_key, text, account.app_id),
  decrypt: ({ sealed }) => decrypt(account.aes_key, sealed).message,
  sign: ({ parts }) => getSignature(...parts),
  encrypt_again: ({ text }) => cryptor.encrypt(text),
  decrypt_again: ({ sealed }) => cryptor.decrypt(sealed).message,
  sign_again: ({ parts: [, ...signed] }) => cryptor.getSignature(...signed),
};

server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const command = JSON.parse(line);
  try {
    say({ answer: await commands[command.do](command) });
  } catch (problem) {
    say({ problem: String(problem) });
  }
}).on('close', () => process.exit(0));
