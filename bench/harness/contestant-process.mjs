// One contestant: opens what its module offers under its id, and measures it when told to.
import { closedLoop } from './load.mjs';

const [, , module, id] = process.argv;
const { contestants } = await import(module);
const contestant = contestants.find((candidate) => candidate.id === id);
let opened;

process.on('message', async (request) => {
  try {
    process.send({ result: await answer(request) });
  } catch (error) {
    process.send({ error: error?.stack ?? String(error) });
  }
  if (request.close) process.disconnect();
});

// Also when the parent is gone, whatever is still open.
process.once('disconnect', () => process.exit());

async function answer({ open, measure }) {
  if (open) {
    opened = await contestant.open(open);
  } else if (measure) {
    return closedLoop(opened.operations[measure.operation], measure);
  } else {
    await opened?.close();
  }
  return undefined;
}
