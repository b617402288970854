// The web image's server: says who it is at /, that it is well at /health, and serves files from /srv/www.
// Asked to end, it answers what comes on the connections that it has, closes each with its answer, and ends with the last.

import { createReadStream, promises as fs } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const { MUSTER_ROOT = '', MUSTER_ADDRESS, MUSTER_PORT, MUSTER_NAME, MUSTER_COMPUTER_NAME } = process.env;
const files = join(MUSTER_ROOT, '/srv/www');
const types = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.txt': 'text/plain',
};

const itself = () => ({
  name: MUSTER_NAME,
  computerName: MUSTER_COMPUTER_NAME,
  image: process.env.MUSTER_IMAGE,
  imageVersion: process.env.MUSTER_IMAGE_VERSION,
  boots: Number(process.env.MUSTER_BOOTS),
  address: `${MUSTER_ADDRESS}:${MUSTER_PORT}`,
  upSeconds: Math.floor(process.uptime()),
});

/** The file for a path of the URL; undefined when there is none. */
async function fileFor(path) {
  const candidates = path.endsWith('/') ? [`${path}index.html`] : [path];
  for (const candidate of candidates) {
    const file = join(files, normalize(candidate));
    const found = await fs.stat(file).catch(() => undefined);
    if (found?.isFile()) return file;
  }
  return undefined;
}

function pathOf(url) {
  try {
    return decodeURIComponent(new URL(url, 'http://guest').pathname);
  } catch {
    return undefined;
  }
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

let leaving = false;

async function serve(request, response) {
  if (leaving) response.setHeader('connection', 'close');
  const path = pathOf(request.url);
  if (path === undefined || path.includes('\0')) return answer(response, 400, { error: 'no such path' });
  if (path === '/health')
    return answer(response, 200, { ApplicationHealthState: 'Healthy', status: 'healthy' });
  const file = await fileFor(path);
  if (file !== undefined) {
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
    return undefined;
  }
  return path === '/' ? answer(response, 200, itself()) : answer(response, 404, { error: 'no such file' });
}

const server = createServer((request, response) => {
  serve(request, response).catch(() => response.destroy());
});
server.listen(Number(MUSTER_PORT), MUSTER_ADDRESS, () =>
  process.stdout.write(`web: listening on ${MUSTER_ADDRESS}:${MUSTER_PORT}\n`),
);

const connections = new Set();
server.on('connection', (socket) => {
  connections.add(socket);
  socket.once('close', () => {
    connections.delete(socket);
    if (leaving && connections.size === 0) process.exit(0);
  });
});

/** Longer than a client keeps a connection that it does not use (Keep-Alive: timeout=5). Whoever stopped the guest may wait less. */
const LAST_ANSWERS = 6000;

process.once('SIGTERM', () => {
  leaving = true;
  if (connections.size === 0) process.exit(0);
  setTimeout(() => process.exit(0), LAST_ANSWERS);
});
