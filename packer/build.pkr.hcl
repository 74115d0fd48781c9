# Steps of every builder once its machine answers: upload the payload and the scripts, run them as root, download the manifest.
# `sources` accepts no variables: `knode image template` inserts the chosen builder here.

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

  # As root, directly or by sudo. Its last step checks the image from inside: if it fails, there is no image.
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

  # The manifest for `knode render --image`, and the bill of materials (CycloneDX).
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
