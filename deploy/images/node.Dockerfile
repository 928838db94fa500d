# Node and the libraries that it needs, and nothing else: no shell, no package manager. Stands in for
# gcr.io/distroless/nodejs24-debian12:nonroot where no registry is reached.
FROM scratch
COPY root /
COPY --chown=65532:65532 home /home/nonroot
COPY --chown=65532:65532 home /var/lib/natster
ENV PATH=/usr/local/bin:/usr/bin:/bin NODE_ENV=production SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/node"]
