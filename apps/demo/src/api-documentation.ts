import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Serves the documentation of the API at `/docs`, and as JSON at `/docs-json`. It is made when it is asked for. */
export function serveApiDocumentation(app: INestApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Holdfast demo')
    .setDescription('A bulletin board kept in Redis, and what happens to it when Redis goes away.')
    .setVersion('0.1.0')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, description));
}
