"use strict";

const QUERY = `# Sign in below, in "Headers":
# gema token --role ADMIN

query Viewer {
  viewer { role scope name }
  rateLimit { cost limit remaining resetAt }
}
`;

const send = GraphiQL.createFetcher({ url: window.location.pathname });

/** Leave the header out while it holds no token, so that public fields work at once. */
function fetcher(parameters, options = {}) {
  const headers = { ...options.headers };
  if (!/^Bearer\s+\S/i.test(headers.Authorization ?? "")) delete headers.Authorization;
  return send(parameters, { ...options, headers });
}

ReactDOM.createRoot(document.getElementById("console")).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: QUERY,
    defaultHeaders: '{\n  "Authorization": "Bearer "\n}',
    defaultEditorToolsVisibility: "headers",
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
  }),
);
