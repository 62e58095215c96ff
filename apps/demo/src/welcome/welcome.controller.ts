import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Holdfast demo</title>
<style>body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>A bulletin board that holds when Redis does not</h1>
<ul>
<li><a href="/docs">/docs</a>: try the API
<li><a href="/posts">/posts</a>: the board
<li><a href="/health">/health</a>, <a href="/health/live">/health/live</a>, <a href="/health/ready">/health/ready</a>: how it is
<li><a href="/redis/info">/redis/info</a>: what it knows of Redis
</ul>
<p>Freeze or kill its Redis and look again. Nothing needs to be started anew but Redis.
</html>
`;

/** Shows a visitor where to go. */
@ApiExcludeController()
@Controller()
export class WelcomeController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return page;
  }
}
