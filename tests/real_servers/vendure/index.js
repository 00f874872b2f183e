'use strict';
// A real Vendure for the tests: one process, loopback only, no telemetry, no worker, no dashboard.
// Knows nothing of Comptoir. What it is told comes from the environment:
//   VENDURE_DB           sqljs (default) or postgres; the latter with PGHOST, PGUSER, PGDATABASE
//   VENDURE_DB_FILE      sqljs: where the data are kept between starts
//   VENDURE_MARKETPLACE  not empty: a cart of several sellers is split into one order each
// Prints "READY <port> <ms>" when its APIs answer. Ends on SIGTERM and when its standard input is closed, so that
// nothing is left of it when whoever started it dies.
process.env.VENDURE_DISABLE_TELEMETRY = 'true';
process.env.TZ = 'UTC';

const begun = Date.now();
const fs = require('node:fs');
const bcrypt = require('bcrypt');
const {
  bootstrap, mergeConfig, defaultConfig, DefaultLogger, LogLevel, LanguageCode, JobQueueService,
  PaymentMethodHandler, ChannelService, TransactionalConnection, ProductVariant, ShippingMethod, idsAreEqual,
} = require('@vendure/core');

function sqljs(file) {
  if (!file) return { type: 'sqljs', autoSave: false };
  return {
    type: 'sqljs',
    autoSave: true,
    database: fs.existsSync(file) ? fs.readFileSync(file) : undefined,
    // Whole or not at all, so that a server killed in the middle of it starts again with what it last answered for.
    autoSaveCallback: async data => {
      fs.writeFileSync(`${file}.new`, data);
      fs.renameSync(`${file}.new`, file);
    },
  };
}

function postgres() {
  const { PGHOST, PGUSER, PGDATABASE } = process.env;
  return { type: 'postgres', host: PGHOST, username: PGUSER, password: '', database: PGDATABASE };
}

function database() {
  const kind = process.env.VENDURE_DB || 'sqljs';
  const chosen = kind === 'postgres' ? postgres() : sqljs(process.env.VENDURE_DB_FILE);
  return { ...chosen, synchronize: true, logging: false };
}

// A card paid on line: settled at once; with metadata.authorizeOnly only authorised, to be settled later; with
// metadata.refuseToSettle the bank then says no.
const paidOnline = new PaymentMethodHandler({
  code: 'paid-online',
  description: [{ languageCode: LanguageCode.en, value: 'Paid on line' }],
  args: {},
  createPayment: (ctx, order, amount, args, metadata) => ({
    amount,
    state: metadata.authorizeOnly ? 'Authorized' : 'Settled',
    transactionId: `T${order.code}`,
    metadata: { refuseToSettle: Boolean(metadata.refuseToSettle) },
  }),
  settlePayment: (ctx, order, payment) =>
    payment.metadata.refuseToSettle ? { success: false, errorMessage: 'card expired' } : { success: true },
});

// Paid when it is collected: the customer promises no more than that, and the shop says when it has the money.
const payInShop = new PaymentMethodHandler({
  code: 'pay-in-shop',
  description: [{ languageCode: LanguageCode.en, value: 'Paid in the shop' }],
  args: {},
  createPayment: (ctx, order, amount) => ({ amount, state: 'Authorized', transactionId: '', metadata: {} }),
  settlePayment: () => ({ success: true }),
});

// The strategies of a market of several sellers: which seller a line belongs to, and one order for each of them.
function market() {
  let connection;
  let channels;
  const init = injector => {
    connection = injector.get(TransactionalConnection);
    channels = injector.get(ChannelService);
  };
  // A plain query: hydrating a shipping line that is not saved yet hangs the request.
  const channelsOf = async (ctx, entity, id) => {
    const found = await connection.getRepository(ctx, entity).findOneOrFail({ where: { id }, relations: ['channels'] });
    return found.channels;
  };
  const orderSellerStrategy = {
    init,
    async setOrderLineSellerChannel(ctx, line) {
      const main = await channels.getDefaultChannel(ctx);
      const offeredIn = await channelsOf(ctx, ProductVariant, line.productVariant.id);
      return offeredIn.find(channel => !idsAreEqual(channel.id, main.id));
    },
    splitOrder(ctx, order) {
      const parts = new Map();
      for (const line of order.lines.filter(each => each.sellerChannelId)) {
        const channelId = line.sellerChannelId;
        const part = parts.get(channelId) || { channelId, state: 'PaymentSettled', lines: [], shippingLines: [] };
        const shipping = order.shippingLines.find(each => idsAreEqual(each.id, line.shippingLineId));
        part.lines.push(line);
        if (shipping && !part.shippingLines.includes(shipping)) part.shippingLines.push(shipping);
        parts.set(channelId, part);
      }
      return [...parts.values()];
    },
  };
  const shippingLineAssignmentStrategy = {
    init,
    async assignShippingLineToOrderLines(ctx, shippingLine, order) {
      const offeredIn = await channelsOf(ctx, ShippingMethod, shippingLine.shippingMethodId);
      return order.lines.filter(line => offeredIn.some(channel => idsAreEqual(channel.id, line.sellerChannelId)));
    },
  };
  return { orderOptions: { orderSellerStrategy }, shippingOptions: { shippingLineAssignmentStrategy } };
}

// As Vendure does it, in a hundredth of the time: what it guards here is a test's.
const passwordHashingStrategy = {
  hash: plaintext => bcrypt.hash(plaintext, 4),
  check: (plaintext, hash) => bcrypt.compare(plaintext, hash),
};

const config = mergeConfig(defaultConfig, {
  logger: new DefaultLogger({ level: LogLevel.Warn, timestamp: false }),
  apiOptions: { hostname: '127.0.0.1', port: 0, adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    requireVerification: false,
    passwordHashingStrategy,
    superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
  },
  dbConnectionOptions: database(),
  paymentOptions: { paymentMethodHandlers: [paidOnline, payInShop] },
  entityOptions: { channelCacheTtl: 0, zoneCacheTtl: 0, taxRateCacheTtl: 0 },
  ...(process.env.VENDURE_MARKETPLACE ? market() : {}),
});

async function main() {
  const app = await bootstrap(config);
  await app.get(JobQueueService).start(); // in this process, instead of a worker
  const stop = () => app.close().finally(() => process.exit(0));
  process.on('SIGTERM', stop);
  process.stdin.resume();
  process.stdin.on('end', stop);
  console.log(`READY ${app.getHttpServer().address().port} ${Date.now() - begun}`);
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
