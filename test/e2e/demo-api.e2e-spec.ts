import { RunningDemo } from './running-demo.js';

jest.setTimeout(60_000);

const post = { author: 'Ada', title: 'Bicycle', text: 'Red, three gears.' };
const without = (field: keyof typeof post) =>
  Object.fromEntries(Object.entries(post).filter(([name]) => name !== field));

describe('the API of the demo (F1)', () => {
  let demo: RunningDemo;

  beforeAll(async () => {
    demo = await RunningDemo.start();
  });

  afterAll(() => RunningDemo.killAll());

  it.each<[string, unknown]>([
    ['no fields', {}],
    ...(['author', 'title', 'text'] as const).flatMap((field): Array<[string, unknown]> => [
      [`no ${field}`, without(field)],
      [`a number as ${field}`, { ...post, [field]: 1 }],
      [`null as ${field}`, { ...post, [field]: null }],
      [`a list as ${field}`, { ...post, [field]: ['a'] }],
      [`an object as ${field}`, { ...post, [field]: { $gt: '' } }],
      [`nothing but space as ${field}`, { ...post, [field]: ' \n\t ' }],
    ]),
    ['an author that is too long', { ...post, author: 'a'.repeat(51) }],
    ['a title that is too long', { ...post, title: 'a'.repeat(121) }],
    ['a text that is too long', { ...post, text: 'a'.repeat(5_001) }],
    ['an unknown field', { ...post, admin: true }],
    ['an id of its own', { ...post, id: 1 }],
    ['a prototype', `{"__proto__":{"author":"a"},"constructor":1}`],
    ['a list', [post]],
    ['an empty list', []],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"text"'],
    ['no JSON', '{"author":'],
    ['nothing', ''],
  ])('refuses a post with %s', async (_, body) => {
    const answer = await demo.post('/posts', body);
    expect(answer).toMatchObject({ code: 400, body: { statusCode: 400 } });
    expect(JSON.stringify(answer.body.message)).toMatch(/\w{3}/);
  });

  it('says which field is wrong and how', async () => {
    const { body } = await demo.post('/posts', { ...post, title: 'a'.repeat(121), admin: true });
    expect(body.message).toEqual([
      'property admin should not exist',
      'title must be shorter than or equal to 120 characters',
    ]);
  });

  it.each([
    ['another type of content', { headers: { 'content-type': 'text/plain' }, body: 'hello' }, 400],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'author=a' }, 400],
    ['no content', {}, 400],
    [
      'too much content',
      { headers: { 'content-type': 'application/json' }, body: JSON.stringify('a'.repeat(200_000)) },
      413,
    ],
    [
      'a character set that is none',
      { headers: { 'content-type': 'application/json; charset=none' }, body: '{}' },
      415,
    ],
  ])('refuses %s', async (_, init: RequestInit, code) => {
    expect(await demo.get('/posts', { method: 'POST', ...init })).toMatchObject({ code });
  });

  it.each([
    '0',
    '-1',
    '1.5',
    'abc',
    '1e3',
    '0x1',
    '01',
    '%20',
    '1%0a',
    '9999999999999999',
    '%E0%A4%A',
    '%00',
    '__proto__',
  ])('refuses the id %s', async (id) => {
    expect(await demo.get(`/posts/${id}`)).toMatchObject({ code: 400, body: { statusCode: 400 } });
  });

  it.each([
    'limit=0', 'limit=-1', 'limit=101', 'limit=abc', 'limit=', 'limit=1e1', 'limit=0x10', 'limit=1.5', 'limit=1&limit=2',
    'limit[a]=1', 'offset=-1', 'offset=abc', 'offset=', 'offset=1000001', 'offset=NaN', 'offset=Infinity', 'page=1',
    'limit=99999999999999999999', '%E0=1',
  ])('refuses to list %s', async (query) => {
    expect(await demo.get(`/posts?${query}`)).toMatchObject({ code: 400, body: { statusCode: 400 } });
  }); // prettier-ignore

  it('answers 404 for a post and for a path that are not there', async () => {
    expect(await demo.get('/posts/999999')).toMatchObject({
      code: 404,
      body: { message: 'There is no post 999999.' },
    });
    expect(await demo.get('/nowhere')).toMatchObject({ code: 404 });
  });

  it('keeps what was written, space around it cut off, whatever the characters', async () => {
    const text = 'ünï ☃ 🎈 "quotes" \\ \u0000 <b>&amp;</b>\r\nnew line';
    const { code, body } = await demo.post('/posts', { author: ' Ada ', title: 'a'.repeat(120), text });
    expect(code).toBe(201);
    expect(await demo.get(`/posts/${body.id}`)).toMatchObject({
      body: { author: 'Ada', title: 'a'.repeat(120), text },
    });
  });

  it('lists by pages, the newest first', async () => {
    const ids: number[] = [];
    for (let i = 0; i < 5; i++) ids.push((await demo.post('/posts', post)).body.id);
    const newest = ids.toReversed();
    const page = async (query: string) =>
      (await demo.get(`/posts?${query}`)).body.posts.map(({ id }: { id: number }) => id);
    expect(await page('limit=2')).toEqual(newest.slice(0, 2));
    expect(await page('offset=2&limit=3')).toEqual(newest.slice(2, 5));
    expect(await page('offset=1000000')).toEqual([]);
  });

  it('gives every post a number of its own, also when many arrive together', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => demo.post('/posts', post)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(50);
  });

  it('documents itself, errors included', async () => {
    expect(await demo.get('/docs')).toMatchObject({ code: 200, body: expect.stringContaining('swagger-ui') });
    const { body } = await demo.get('/docs-json');
    expect(Object.keys(body.paths).toSorted()).toEqual([
      '/health', '/health/live', '/health/ready', '/posts', '/posts/{id}', '/redis/info',
    ]); // prettier-ignore
    expect(Object.keys(body.paths['/posts'].post.responses)).toEqual(
      expect.arrayContaining(['201', '400', '429', '503']),
    );
    expect(Object.keys(body.paths['/posts/{id}'].get.responses)).toEqual(
      expect.arrayContaining(['200', '400', '404', '503']),
    );
    expect(body.components.schemas.CreatePostDto.required).toEqual(['author', 'title', 'text']);
  });

  it('tells what it knows of Redis, and shows visitors where to go', async () => {
    expect(await demo.get('/redis/info')).toMatchObject({
      code: 200,
      body: {
        state: 'connected',
        connections: expect.arrayContaining([
          expect.objectContaining({
            name: 'demo:shared',
            role: 'shared',
            state: 'connected',
            lastError: null,
          }),
        ]),
        stats: { connected: true },
        memory: { used: expect.any(String), peak: expect.any(String), fragmentation: expect.any(String) },
      },
    });
    expect(await demo.get('/')).toMatchObject({ code: 200, body: expect.stringContaining('href="/docs"') });
  });
});
