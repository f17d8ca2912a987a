// urql with its normalised cache: pages and one object that two queries share.
import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

const HOLDERS = gql`
  query Holders($first: Int!, $after: String) {
    asns(first: $first, after: $after, filter: { hasBadge: true }) {
      edges { cursor node { id name } }
      nodes { id }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const PERSON = gql`
  query Person($id: ID!) {
    asn(id: $id) { id name eligibility { outcome reasons { code message } } }
  }
`;

export async function urql(url, token) {
  const client = new Client({
    url,
    preferGetMethod: false, // the API takes POST only
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    exchanges: [
      cacheExchange({
        resolvers: { Query: { asns: relayPagination() } },
        // Plain values without an identity belong to the object that holds them.
        keys: { Eligibility: () => null, EligibilityReason: () => null },
      }),
      fetchExchange,
    ],
  });

  const page = (after) => client.query(HOLDERS, { first: 20, after }).toPromise();
  const one = await page(null);
  const both = await page(one.data.asns.pageInfo.endCursor);
  const ids = both.data.asns.edges.map((edge) => edge.node.id);

  const person = await client.query(PERSON, { id: ids[0] }).toPromise();
  const missing = await client.query(PERSON, { id: 'nonsense' }).toPromise();
  return [
    `${ids.length} people in two pages, ${new Set(ids).size} different`,
    person.data.asn.eligibility.outcome,
    missing.error.graphQLErrors[0].extensions.code,
  ];
}
