/** Asks a container runtime to pull an image, as kubelet does: one call of the CRI, gRPC over HTTP/2 on a Unix socket. */
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';

/** A protobuf field of bytes; both numbers are below 128 here. */
function field(number: number, bytes: Buffer): Buffer {
  if (bytes.length > 127) throw new Error('too long for one byte of length');
  return Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes]);
}

/** The runtime's result: `0` and nothing, or a gRPC code and its message. */
export async function pullImage(socket: string, image: string): Promise<{ code: string; message: string }> {
  const session = connectHttp2('http://runtime', { createConnection: () => connect(socket) });
  try {
    return await new Promise((done, failed) => {
      session.on('error', failed);
      const call = session.request({
        ':method': 'POST',
        ':path': '/runtime.v1.ImageService/PullImage',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      let result = { code: '', message: '' };
      const note = (headers: Record<string, unknown>) => {
        if (headers['grpc-status'] === undefined) return;
        const message = decodeURIComponent(String(headers['grpc-message'] ?? ''));
        result = { code: String(headers['grpc-status']), message };
      };
      call
        .on('response', note)
        .on('trailers', note)
        .on('error', failed)
        .on('end', () => done(result))
        .resume();
      // PullImageRequest.image (1) is an ImageSpec, whose image (1) is the reference.
      const request = field(1, field(1, Buffer.from(image)));
      const length = Buffer.alloc(5);
      length.writeUInt32BE(request.length, 1);
      call.end(Buffer.concat([length, request]));
    });
  } finally {
    session.close();
  }
}
