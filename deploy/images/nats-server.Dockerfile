# nats-server, and nothing else. Stands in for the official image where no registry is reached.
FROM scratch
COPY root /
COPY --chown=65532:65532 home /data
USER 65532:65532
ENTRYPOINT ["/nats-server"]
