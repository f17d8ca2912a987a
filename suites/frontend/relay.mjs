// Relay: documents compiled against the published schema, a store, and a connection in it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import relay from 'relay-runtime';

const here = dirname(fileURLToPath(import.meta.url));
const build = join(here, '.build', 'relay');
const SOURCE = `import { graphql } from 'relay-runtime';
graphql\`
  query HoldersQuery($first: Int!, $after: String) {
    asns(first: $first, after: $after, filter: { hasBadge: true })
      @connection(key: "Holders_asns", filters: ["filter"]) {
      edges { cursor node { id name } }
      pageInfo { hasNextPage endCursor }
    }
  }
\`;
`;

// In an application, relay-compiler runs in the build; here it runs before the query.
async function compiled() {
  rmSync(build, { recursive: true, force: true });
  mkdirSync(join(build, 'src'), { recursive: true });
  mkdirSync(join(build, 'artifacts'));
  cpSync(join(here, '..', '..', 'schema.graphql'), join(build, 'schema.graphql'));
  writeFileSync(join(build, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(build, 'src', 'Holders.js'), SOURCE);
  const config = {
    src: './src', schema: './schema.graphql', artifactDirectory: './artifacts', language: 'javascript',
    eagerEsModules: true, customScalarTypes: { BigInt: 'string', DateTime: 'string', URL: 'string' },
  };
  writeFileSync(join(build, 'relay.config.json'), JSON.stringify(config));
  const program = createRequire(import.meta.url)('relay-compiler');
  const done = spawnSync(program, ['relay.config.json'], { cwd: build, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stdout + done.stderr);
  return (await import(pathToFileURL(join(build, 'artifacts', 'HoldersQuery.graphql.js')))).default;
}

export async function relayExample(url, token) {
  const document = await compiled();
  const send = (operation, variables) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: operation.text, variables }),
    }).then((answer) => answer.json());
  const environment = new relay.Environment({
    network: relay.Network.create(send),
    store: new relay.Store(new relay.RecordSource()),
  });

  const one = await relay.fetchQuery(environment, document, { first: 20 }).toPromise();
  const two = await relay.fetchQuery(environment, document, { first: 20, after: one.asns.pageInfo.endCursor }).toPromise();
  const ids = [...one.asns.edges, ...two.asns.edges].map((edge) => edge.node.id);
  const stored = environment.getStore().getSource().get(ids[0]);
  return [`${new Set(ids).size} different people`, stored.__typename, stored.name === undefined ? 'no name' : 'name in the store'];
}
