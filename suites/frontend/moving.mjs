// Pages through every person with Apollo Client or urql while rows come and go:
//   node moving.mjs CLIENT URL TOKEN [SIZE]      prints as JSON how many pages, and the ids that the client holds
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { Client, fetchExchange, gql as document } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

const PEOPLE = `query People($first: Int!, $after: String) {
  asns(first: $first, after: $after) {
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

const [name, url, token, size] = process.argv.slice(2);
if (!token) {
  console.error('usage: node moving.mjs apollo|urql URL TOKEN [SIZE]');
  process.exit(2);
}
const headers = { authorization: `Bearer ${token}` };
const first = Number(size ?? 100);

// The server ends connections that were idle for 5 s, as while a cache merges; a query may be asked again.
const patient = (input, init) =>
  fetch(input, init).catch((error) => {
    if (error.cause?.code !== 'UND_ERR_SOCKET') throw error;
    return fetch(input, init);
  });

async function apollo() {
  const client = new ApolloClient({
    link: new HttpLink({ uri: url, headers, fetch: patient }),
    cache: new InMemoryCache({ typePolicies: { Query: { fields: { asns: relayStylePagination() } } } }),
  });
  const page = async (after) =>
    (await client.query({ query: gql(PEOPLE), variables: { first, after }, fetchPolicy: 'network-only' })).data;
  return walk(page);
}

async function urql() {
  const client = new Client({
    url,
    preferGetMethod: false,
    fetch: patient,
    fetchOptions: { headers },
    exchanges: [cacheExchange({ resolvers: { Query: { asns: relayPagination() } } }), fetchExchange],
  });
  const page = async (after) => {
    const { data, error } = await client.query(document(PEOPLE), { first, after }).toPromise();
    if (error) throw error;
    return data;
  };
  return walk(page);
}

// Each answer holds all pages so far, as the client's cache has put them together.
async function walk(page) {
  let asns;
  let pages = 0;
  do {
    ({ asns } = await page(asns?.pageInfo.endCursor ?? null));
    pages += 1;
  } while (asns.pageInfo.hasNextPage);
  return { pages, ids: asns.edges.map((edge) => edge.node.id) };
}

console.log(JSON.stringify(await (name === 'urql' ? urql : apollo)()));
