/** Registries on this machine's loopback without any image: they record the requests. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';

export interface Asked {
  readonly what: string;
  readonly authorization: string | undefined;
  readonly key: string | undefined;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
}

export interface LoggingRegistry {
  readonly host: string;
  readonly asked: Asked[];
  close(): void;
}

function openssl(folder: string, ...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

/** ca.pem, server.pem and server.key for 127.0.0.1, client.pem and client.key: a small authority of the test's own. */
export function makeCertificates(folder: string): void {
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const ca = ['-subj', '/CN=test', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2'];
  openssl(folder, 'req', '-x509', ...fresh, ...ca);
  writeFileSync(join(folder, 'san'), 'subjectAltName=IP:127.0.0.1\n');
  for (const name of ['server', 'client']) {
    openssl(folder, 'req', ...fresh, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', `${name}.pem`, '-days', '2'];
    openssl(folder, 'x509', '-req', '-in', `${name}.csr`, '-extfile', 'san', ...signed);
  }
}

/**
 * @param login required Basic authentication of a request.
 * @param tls folder of `makeCertificates`; if set, it uses https.
 */
export async function loggingRegistry({ login, tls }: { login?: string; tls?: string } = {}): Promise<LoggingRegistry> {
  const asked: Asked[] = [];
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
  const answer: RequestListener = (request: IncomingMessage, response) => {
    const { authorization } = request.headers;
    const certificate = tls === undefined ? undefined : (request.socket as TLSSocket).getPeerCertificate();
    const client = certificate?.subject?.CN;
    const key = request.headers['x-key'] as string | undefined;
    asked.push({ what: `${request.method} ${request.url}`, authorization, key, client: client as string | undefined });
    if (wanted !== undefined && authorization !== wanted)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
    else response.writeHead(404).end();
  };
  const pem = (name: string) => readFileSync(join(tls ?? '', name));
  const server: Server =
    tls === undefined
      ? createHttp(answer)
      : createHttps(
          {
            key: pem('server.key'),
            cert: pem('server.pem'),
            ca: pem('ca.pem'),
            requestCert: true,
            rejectUnauthorized: false,
          },
          answer,
        );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}
