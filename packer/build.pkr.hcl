# What every builder does once its machine answers: bring the payload and the scripts, run them as root, take the manifest home.
# `sources` takes no variables: `knode image template` puts the builder here that you chose.

build {
  sources = [
    "source.null.knode",
  ]

  provisioner "shell" {
    inline = ["rm -rf /var/tmp/knode-bake && mkdir -m 0700 /var/tmp/knode-bake"]
  }

  provisioner "file" {
    sources     = ["${path.root}/payload", "${path.root}/provision"]
    destination = "/var/tmp/knode-bake/"
  }

  # As root, directly or by sudo. The last step of it checks the image from inside: it fails, and there is no image.
  provisioner "shell" {
    inline          = ["bash /var/tmp/knode-bake/provision/bake"]
    execute_command = "if [ \"$(id -u)\" = 0 ]; then env {{ .Vars }} bash '{{ .Path }}'; else sudo -n env {{ .Vars }} bash '{{ .Path }}'; fi"
    environment_vars = [
      "http_proxy=${var.http_proxy}",
      "https_proxy=${var.https_proxy}",
      "no_proxy=${var.no_proxy}",
      "KNODE_BAKE_MIRRORS=${var.mirrors}",
    ]
  }

  # What `knode render --image` reads, and the bill of materials (CycloneDX).
  provisioner "file" {
    direction   = "download"
    source      = "/etc/knode/image.json"
    destination = "${local.output}/${var.image_name}.json"
  }

  provisioner "file" {
    direction   = "download"
    source      = "/etc/knode/image.cdx.json"
    destination = "${local.output}/${var.image_name}.cdx.json"
  }
}
