import dns from 'node:dns';
import { join } from 'node:path';
import type { Fault, FaultSite } from '../fault.js';

const certificates = join(__dirname, '..', '..', 'integration', 'testing', 'certificates');
const strangers = join(__dirname, '..', 'certificates');
const tls = {
  certFile: join(certificates, 'server.crt'),
  keyFile: join(certificates, 'server.key'),
  caFile: join(certificates, 'ca.crt'),
};

const user = 'app';
const setPassword = ({ server }: FaultSite, password: string): Promise<unknown> =>
  server.command('ACL', 'SETUSER', user, 'resetpass', `>${password}`);
const byPassword = ({ proxy }: FaultSite) => ({ url: `redis://${user}:right@${proxy.host}:${proxy.port}` });

/** Names that the look-up below knows, and those that it has forgotten. */
const known = new Set<string>();
const lookUp = dns.lookup;

/** Node's own look-up, but for names that end in `.holdfast.test`, which are there as long as they are known. */
const lookUpNames = ((...args: Parameters<typeof dns.lookup>) => {
  const [hostname, ...rest] = args;
  if (!hostname.endsWith('.holdfast.test')) return lookUp(...args);
  if (known.has(hostname)) return lookUp(...(['127.0.0.1', ...rest] as Parameters<typeof dns.lookup>));
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
  const answer = rest.at(-1) as unknown as (error: Error) => void;
  setImmediate(answer, Object.assign(error, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname }));
}) as typeof dns.lookup;

/** The client does not get to Redis, or is not let in. */
export const accessFaults: readonly Fault[] = [
  {
    name: 'wrong password from the start',
    found: 'not',
    fromTheStart: true,
    lastsMs: 2_000,
    server: { acl: [`user ${user} on >wrong ~* &* +@all`] },
    options: byPassword,
    begin: (site) => async () => void (await setPassword(site, 'right')),
  },
  {
    name: 'password changed while running',
    found: 'at-once',
    lastsMs: 2_000,
    server: { acl: [`user ${user} on >right ~* &* +@all`] },
    options: byPassword,
    async begin(site) {
      await setPassword(site, 'changed');
      site.proxy.cut();
      return async () => void (await setPassword(site, 'right'));
    },
  },
  {
    name: 'DNS name that never resolved',
    found: 'not',
    fromTheStart: true,
    lastsMs: 2_000,
    options: ({ proxy }) => ({ url: `redis://late-${proxy.port}.holdfast.test:${proxy.port}` }),
    begin({ proxy }) {
      dns.lookup = lookUpNames;
      return () => void known.add(`late-${proxy.port}.holdfast.test`);
    },
  },
  {
    name: 'DNS name gone',
    found: 'at-once',
    lastsMs: 2_000,
    options({ proxy }) {
      dns.lookup = lookUpNames;
      known.add(`gone-${proxy.port}.holdfast.test`);
      return { url: `redis://gone-${proxy.port}.holdfast.test:${proxy.port}` };
    },
    begin({ proxy }) {
      const name = `gone-${proxy.port}.holdfast.test`;
      known.delete(name);
      proxy.cut();
      return () => void known.add(name);
    },
  },
  {
    name: 'TLS certificate wrong',
    found: 'at-once',
    lastsMs: 2_000,
    server: { tls },
    options: ({ proxy }) => ({ url: proxy.url, tlsCaFile: tls.caFile }),
    async begin({ server, proxy }) {
      const present = (folder: string, name: string): Promise<unknown> =>
        server.command(
          'CONFIG', 'SET', 'tls-cert-file', join(folder, `${name}.crt`), 'tls-key-file', join(folder, `${name}.key`),
        ); // prettier-ignore
      await present(strangers, 'stranger');
      proxy.cut();
      return async () => void (await present(certificates, 'server'));
    },
  },
];
