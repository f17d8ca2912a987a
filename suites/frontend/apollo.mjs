// Apollo Client: pages, refusals as data, and errors with a code.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

const HOLDERS = gql`
  query Holders($first: Int!, $after: String) {
    asns(first: $first, after: $after, filter: { hasBadge: true }) {
      nodes { id name agency { id name } }
      edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;
const CREATE_EVENT = gql`
  mutation CreateEvent($input: EventCreateInput!) {
    eventCreate(input: $input) { event { id title } userErrors { code field message } }
  }
`;

export async function apollo(url, token) {
  const client = new ApolloClient({
    link: new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } }),
    cache: new InMemoryCache({
      // Every object has an opaque, global id, so the cache needs no more than this.
      typePolicies: { Query: { fields: { asns: relayStylePagination(['filter']) } } },
    }),
  });

  const page = (after) => client.query({ query: HOLDERS, variables: { first: 20, after }, fetchPolicy: 'network-only' });
  const { data: one } = await page(null);
  const { data: both } = await page(one.asns.pageInfo.endCursor);
  const ids = both.asns.edges.map((edge) => edge.node.id);

  // A refused mutation is an answer: switch on `code`, show `message` beside `field`.
  const agencyId = one.asns.nodes.find((node) => node.agency).agency.id;
  const input = { title: ' ', agencyId, startsAt: '2027-01-01T09:00:00+07:00', capacity: 10 };
  const { data: refused } = await client.mutate({ mutation: CREATE_EVENT, variables: { input } });
  const codes = refused.eventCreate.userErrors.map((error) => `${error.code} ${error.field.join('.')}`);

  // What is wrong with the request itself is an error with `extensions.code`.
  const failure = await client
    .query({ query: HOLDERS, variables: { first: 101 }, fetchPolicy: 'network-only' })
    .catch((error) => error);
  return [`${ids.length} people in two pages, ${new Set(ids).size} different`, codes.join(), failure.errors[0].extensions.code];
}
