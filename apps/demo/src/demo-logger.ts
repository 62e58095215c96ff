import { ConsoleLogger } from '@nestjs/common';

/** What Nest tells of its own start, which is not what a visitor came for. */
const quietContexts = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest's logger without the lines about Nest. */
export class DemoLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (quietContexts.has(String(rest.at(-1)))) return;
    super.log(message, ...(rest as [string]));
  }
}
