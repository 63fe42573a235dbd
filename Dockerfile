# Overcoat in a container: approval page → binary → slim image that runs as nobody in particular on a read-only file system.
# State lives in /var/lib/overcoat (a volume), configuration in /etc/overcoat (mounted read-only).

FROM node:20-bookworm-slim AS ui
WORKDIR /build/approval-ui
COPY approval-ui/package.json approval-ui/package-lock.json approval-ui/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY approval-ui ./
RUN npm run build

FROM rust:1.89-bookworm AS binary
RUN apt-get update && apt-get install -y --no-install-recommends cmake clang mold && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
COPY --from=ui /build/approval-ui/dist approval-ui/dist
RUN cargo build --release --locked && strip target/release/overcoat

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 overcoat \
    && useradd --system --uid 10001 --gid overcoat --home-dir /var/lib/overcoat --shell /usr/sbin/nologin overcoat \
    && install -d -o overcoat -g overcoat -m 0700 /var/lib/overcoat
COPY --from=binary /build/target/release/overcoat /usr/local/bin/overcoat
COPY --from=binary /build/policies /usr/share/overcoat/policies
USER overcoat
WORKDIR /var/lib/overcoat
VOLUME ["/var/lib/overcoat"]
EXPOSE 8080 8081
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["overcoat", "health", "--config", "/etc/overcoat/overcoat.yaml"]
ENTRYPOINT ["overcoat"]
CMD ["serve", "--config", "/etc/overcoat/overcoat.yaml"]
