import { readFileSync } from 'node:fs';
import { concealed } from './redact.js';
import type { RedisTls } from './redis.options.js';
import type { TargetInput } from './target-input.js';

const material = ['tlsCa', 'tlsCaFile', 'tlsCertFile', 'tlsKeyFile', 'tlsServerName'] as const;
type FileSetting = 'tlsCaFile' | 'tlsCertFile' | 'tlsKeyFile';

const certificate = {
  pattern: /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/,
  accepted: 'a PEM file with -----BEGIN CERTIFICATE-----',
};
const privateKey = {
  pattern: /-----BEGIN (?!ENCRYPTED)(?:\w+ )?PRIVATE KEY-----/,
  accepted: 'a PEM file with a private key that is not encrypted',
};

/** Reads the TLS settings and their files, or says why they do not fit together. */
export function resolveTls(input: TargetInput, wanted: boolean): RedisTls | undefined {
  const { given, named, isRefused, issues } = input;
  if (!wanted) {
    const isDecidedInCode = (['url', 'host', 'port', 'tls'] as const).some((name) => input.isInCode(name));
    for (const name of material) {
      // What the environment has for its own target need not fit one that code made or changed.
      if (given[name] === undefined || (isDecidedInCode && !input.isInCode(name))) continue;
      issues.push({
        setting: named(name),
        accepted: 'only together with TLS: use rediss:// or set REDIS_TLS=true',
      });
    }
    return undefined;
  }
  if (given.tlsCa !== undefined && given.tlsCaFile !== undefined) {
    issues.push({ setting: named('tlsCa'), accepted: `either this or ${named('tlsCaFile')}, not both` });
  }
  const pair = ['tlsCertFile', 'tlsKeyFile'] as const;
  if (!pair.some(isRefused) && (given.tlsCertFile === undefined) !== (given.tlsKeyFile === undefined)) {
    issues.push({
      setting: named(given.tlsCertFile === undefined ? 'tlsCertFile' : 'tlsKeyFile'),
      accepted: 'a client certificate needs both the certificate and its key',
    });
  }
  const ca = given.tlsCa ?? readPem(input, 'tlsCaFile', certificate);
  const cert = readPem(input, 'tlsCertFile', certificate);
  const key = readPem(input, 'tlsKeyFile', privateKey);
  return concealed(
    {
      rejectUnauthorized: !given.tlsInsecureSkipVerify,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(given.tlsServerName === undefined ? {} : { servername: given.tlsServerName }),
    },
    key === undefined ? {} : { key: '***' },
  );
}

function readPem(
  { given, named, issues }: TargetInput,
  name: FileSetting,
  expected: typeof certificate,
): string | undefined {
  const path = given[name];
  if (path === undefined) return undefined;
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // What cannot be read holds nothing.
  }
  if (expected.pattern.test(text)) return text;
  issues.push({
    setting: named(name),
    value: JSON.stringify(path),
    accepted: `accepted is ${expected.accepted}`,
  });
  return undefined;
}
