import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packagesFolder = fileURLToPath(new URL('packages', import.meta.url));

/** Contestants that cannot live with the packages of the others have folders of their own. */
export function packageFolders() {
  return readdirSync(packagesFolder).map((name) => join(packagesFolder, name));
}

/** Installs what is missing or other than the lock files say. */
export function installPackages() {
  for (const folder of packageFolders()) {
    const wanted = packagesIn(join(folder, 'package-lock.json'));
    const installed = packagesIn(join(folder, 'node_modules', '.package-lock.json'));
    const isComplete = Object.entries(wanted).every(
      ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
    );
    if (!isComplete) install(folder);
  }
}

function packagesIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

function install(folder) {
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--workspaces=false', '--ignore-scripts'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`failed: npm ci in ${folder}`);
}

/** Exact versions of the packages that those folders name. */
export function packageVersions() {
  return Object.fromEntries(
    packageFolders().flatMap((folder) => {
      const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return Object.entries(dependencies);
    }),
  );
}
