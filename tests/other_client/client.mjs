// Another implementation of the protocol's client than the one the product is made with: the TypeScript SDK, driven by lines.
//
//   node client.mjs http URL            (the token in RESOLUTIONFLOW_TOKEN)
//   node client.mjs stdio COMMAND ...
//
// Each line in is {"ask": one of its methods, "given": its parameters}; each line out its result, or {"error": words}.
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [way, first, ...rest] = process.argv.slice(2);
const transport =
  way === "http"
    ? new StreamableHTTPClientTransport(new URL(first), {
        requestInit: { headers: { Authorization: `Bearer ${process.env.RESOLUTIONFLOW_TOKEN}` } },
      })
    : new StdioClientTransport({ command: first, args: rest, env: process.env });
const client = new Client({ name: "other-client", version: "1" });
const troubles = [];
client.onerror = (error) => troubles.push(String(error));

const asks = {
  // The SDK checks each tool's answer against the schema it was listed with.
  listTools: () => client.listTools(),
  listPrompts: () => client.listPrompts(),
  getPrompt: (given) => client.getPrompt(given),
  callTool: (given) => client.callTool(given),
  ping: () => client.ping(),
  server: () => ({
    version: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
    instructions: client.getInstructions(),
    protocol: transport.protocolVersion,
    troubles,
  }),
};

const say = (told) => process.stdout.write(JSON.stringify(told) + "\n");
await client.connect(transport);
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { ask, given } = JSON.parse(line);
  try {
    say((await asks[ask](given)) ?? {});
  } catch (error) {
    say({ error: String(error) });
  }
}
await client.close();
