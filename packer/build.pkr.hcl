# What every builder does once its machine answers: bring the payload and the scripts, run them as root, take the manifest home.
# `sources` takes no variables, so this file names every builder; `knode image template` keeps the line of the one you chose.

build {
  sources = [
    "source.amazon-ebs.knode",
    "source.azure-arm.knode",
    "source.googlecompute.knode",
    "source.null.knode",
    "source.openstack.knode",
    "source.proxmox-clone.knode",
    "source.qemu.knode",
    "source.vsphere-clone.knode",
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
