import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

export function requestTo(url: URL, options: RequestOptions): ClientRequest {
  return url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
}

/** The head of the answer. `stop` aborts the request until the head arrives; the reader watches the body. */
export function answerOf(
  request: ClientRequest,
  stop: AbortSignal,
  event: 'response' | 'connect' = 'response',
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const abort = () => request.destroy(new Error('aborted'));
    stop.addEventListener('abort', abort, { once: true });
    const done = () => stop.removeEventListener('abort', abort);
    request.once('error', (error) => {
      done();
      reject(error);
    });
    request.once(event, (answer: IncomingMessage) => {
      done();
      // From now on errors of the socket belong to the body, which has its own listeners.
      request.on('error', () => {});
      resolve(answer);
    });
    if (stop.aborted) abort();
    request.end();
  });
}

/** Why a connection failed, in words. */
export function reason(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error.message : (words[code] ?? `${error.message || code}`);
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'the host is not reachable',
  ENETUNREACH: 'the network is not reachable',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name could not be looked up',
};
