// A headless Chromium spoken to over a pipe (the DevTools protocol: JSON messages ended by a NUL byte on
// descriptors 3 and 4), so that no port is opened and no driver is needed.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, existsSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-pipe'];

export function chromiumPath() {
  const candidates = [process.env.BULKHEAD_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome'];
  return candidates.find(path => path && existsSync(path));
}

export class Browser {
  #process; #profile; #next = 1; #waiting = new Map(); #rest = Buffer.alloc(0); #session;
  dialogs = [];
  errors = [];
  requests = [];

  static async start() {
    const browser = new Browser();
    browser.#profile = mkdtempSync(join(tmpdir(), 'bulkhead-mermaid-'));
    browser.#process = spawn(chromiumPath(), [...flags, `--user-data-dir=${browser.#profile}`, 'about:blank'],
      {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true});
    browser.#process.stdio[4].on('data', bytes => browser.#read(bytes));
    browser.#process.on('exit', () => browser.#fail('Chromium ended'));
    browser.#process.on('error', error => browser.#fail(error.message));
    const {targetId} = await browser.#send('Target.createTarget', {url: 'about:blank'});
    const {sessionId} = await browser.#send('Target.attachToTarget', {targetId, flatten: true});
    browser.#session = sessionId;
    for (const domain of ['Page', 'Runtime', 'Network']) {
      await browser.send(`${domain}.enable`);
    }
    return browser;
  }

  send(method, params = {}) {
    return this.#send(method, params, this.#session);
  }

  // Value of an expression in the page; a promise is awaited, an exception thrown here.
  async evaluate(expression) {
    const reply = await this.send('Runtime.evaluate', {expression, awaitPromise: true, returnByValue: true});
    if (reply.exceptionDetails) {
      throw new Error(reply.exceptionDetails.exception?.description ?? reply.exceptionDetails.text);
    }
    return reply.result.value;
  }

  async open(url) {
    const loaded = new Promise(resolve => this.#waiting.set('Page.loadEventFired', {resolve, reject: resolve}));
    await this.send('Page.navigate', {url});
    await loaded;
  }

  async screenshot() {
    const {data} = await this.send('Page.captureScreenshot', {format: 'png', captureBeyondViewport: true});
    return Buffer.from(data, 'base64');
  }

  async close() {
    const ended = new Promise(resolve => this.#process.once('exit', resolve));
    try {
      process.kill(-this.#process.pid, 'SIGTERM');
    } catch {
      return;
    }
    await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 5000).unref())]);
    rmSync(this.#profile, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
  }

  #send(method, params, sessionId) {
    const id = this.#next++;
    this.#process.stdio[3].write(JSON.stringify({id, method, params, sessionId}) + '\0');
    return new Promise((resolve, reject) => this.#waiting.set(id, {resolve, reject}));
  }

  #read(bytes) {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (let end; (end = this.#rest.indexOf(0)) >= 0; this.#rest = this.#rest.subarray(end + 1)) {
      this.#receive(JSON.parse(this.#rest.subarray(0, end).toString()));
    }
  }

  #receive(message) {
    const key = message.id ?? message.method;
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (message.error) {
      waiting?.reject(new Error(message.error.message));
    } else {
      waiting?.resolve(message.result);
    }
    if (message.method === 'Page.javascriptDialogOpening') {
      this.dialogs.push(message.params.message);
      this.send('Page.handleJavaScriptDialog', {accept: false});
    } else if (message.method === 'Runtime.exceptionThrown') {
      this.errors.push(message.params.exceptionDetails.exception?.description ?? message.params.exceptionDetails.text);
    } else if (message.method === 'Network.requestWillBeSent') {
      this.requests.push(message.params.request.url);
    }
  }

  #fail(reason) {
    for (const {reject} of this.#waiting.values()) {
      reject(new Error(reason));
    }
    this.#waiting.clear();
  }
}
