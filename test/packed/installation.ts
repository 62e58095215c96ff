import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNpm } from './npm.js';
import { Program, type ProgramEnd } from './program.js';
import { compiler, packRooms } from './published-packages.js';

export interface InstallationOptions {
  /** Rooms to install, from tarballs made now. */
  readonly rooms: readonly string[];
  /** Packages of others with the versions wanted. */
  readonly packages: Readonly<Record<string, string>>;
  /** Folder beside this file that is copied in. */
  readonly sources: string;
}

/**
 * A folder far from this repository in which our packages are installed as a user would have them. Nothing in
 * it can reach the sources or the packages of the repository.
 */
export class Installation {
  readonly folder: string;

  private constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-packed-')));
  }

  static async create({ rooms, packages, sources }: InstallationOptions): Promise<Installation> {
    const installation = new Installation();
    try {
      const { folder } = installation;
      const ours = await packRooms(rooms, folder);
      const tarballs = Object.fromEntries(ours.map(({ name, path }) => [name, `file:${path}`]));
      const dependencies = { ...tarballs, ...packages };
      const manifest = { name: 'fresh', version: '1.0.0', private: true, type: 'module', dependencies };
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
      cpSync(join(__dirname, sources), join(folder, 'src'), { recursive: true });
      await runNpm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
      return installation;
    } catch (error) {
      installation.remove();
      throw error;
    }
  }

  /** Starts a script of the sources. */
  run(script: string, env: NodeJS.ProcessEnv = {}): Program {
    return new Program(process.execPath, [join('src', script)], { folder: this.folder, env });
  }

  /** Starts what was compiled. */
  runCompiled(script: string, env: NodeJS.ProcessEnv = {}): Program {
    return new Program(process.execPath, [join('out', script)], { folder: this.folder, env });
  }

  /**
   * Compiles the sources from `src` to `out`, the declarations of every package included in the check.
   *
   * @returns the files that were read, and the complaints about our packages and the sources. What Nest's own
   * declarations lack is not ours to say.
   */
  async compile(): Promise<{ files: string[]; complaints: string[]; all: ProgramEnd }> {
    const compilerOptions = {
      target: 'ES2023',
      module: 'NodeNext',
      rootDir: 'src',
      outDir: 'out',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    };
    writeFileSync(join(this.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    const args = [compiler, '--listFiles', '--pretty', 'false'];
    const all = await new Program(process.execPath, args, { folder: this.folder }).ended(60_000);
    const lines = all.stdout.split('\n');
    return {
      files: lines.filter((line) => line.startsWith(this.folder)),
      complaints: lines.filter((line) => /^(?:src|node_modules[\\/]@holdfast)[\\/].*error TS/.test(line)),
      all,
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
