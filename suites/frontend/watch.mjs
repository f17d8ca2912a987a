// A subscription over graphql-transport-ws: the present state at once, then each that differs.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

export async function watch(url, token) {
  const ask = async (query) =>
    (await (await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    })).json()).data;
  const { campaigns } = await ask('{ campaigns(first: 1) { nodes { id } } }');
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const query = 'subscription($id: ID!) { campaignProgress(id: $id) { shareCount asOf } }';
  for await (const event of client.iterate({ query, variables: { id: campaigns.nodes[0].id } })) {
    await client.dispose();
    return [`${event.data.campaignProgress.shareCount} shares now`];
  }
}
