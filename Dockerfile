# The image, for whoever has a builder; `npm run image` makes the same without one: docs/image.md.
#
#   docker build --tag restore-hooks:0.1.0 .

FROM node:24-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Nothing of what is bundled needs a package's own script.
RUN npm ci --ignore-scripts
COPY LICENSE ./
COPY shared ./shared
COPY webhook ./webhook
COPY executor ./executor
COPY certs ./certs
COPY image ./image
RUN node image/build/main.ts --app /app

FROM gcr.io/distroless/nodejs24-debian13:nonroot
LABEL org.opencontainers.image.title="restore-hooks"
LABEL org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/nodejs/bin
ENV NODE_ENV=production
COPY --from=build --chown=0:0 /app /app
USER 65532:65532
WORKDIR /app
ENTRYPOINT ["/nodejs/bin/node", "/app/main.mjs"]
