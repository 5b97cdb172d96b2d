# One file for every service: docker build -f deploy/docker/service.Dockerfile --build-arg SERVICE=ticket .
FROM node:24.21.0-trixie-slim AS build
ARG SERVICE
WORKDIR /src
COPY . .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --ignore-scripts
RUN npx --yes pnpm@12.21.0 -r run build
RUN npx --yes pnpm@12.21.0 --filter "@umbel/${SERVICE}" deploy --prod /out

FROM gcr.io/distroless/nodejs24-debian13:nonroot
ARG SERVICE
LABEL org.opencontainers.image.title="umbel-${SERVICE}" org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=build --chown=nonroot:nonroot /out /app
USER nonroot
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["dist/main.js"]
