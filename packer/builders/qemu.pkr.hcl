# A cloud image (qcow2) in, a qcow2 out. The machine gets its SSH key from the seed folder, as a NoCloud CD; neither stays in the image.
# Needs qemu-system, qemu-img and one of xorriso, mkisofs, hdiutil. Without KVM: -var accelerator=tcg -var cpu=max,la57=off

variable "base_image" {
  type        = string
  description = "URL or path of the distribution's cloud image."
}

variable "base_checksum" {
  type        = string
  description = "Of the base image: sha256:... or sha512:..."
}

variable "qemu_binary" {
  type    = string
  default = "qemu-system-x86_64"
}

variable "machine_type" {
  type    = string
  default = "pc"
}

variable "accelerator" {
  type        = string
  default     = "kvm"
  description = "kvm, hvf, or tcg where there is none."
}

variable "cpu" {
  type    = string
  default = "host"
}

variable "qemuargs" {
  type        = list(list(string))
  default     = []
  description = "Further options of QEMU: on arm64 its firmware."
}

variable "cpus" {
  type    = number
  default = 2
}

variable "memory" {
  type        = number
  default     = 2048
  description = "MiB."
}

variable "disk_size" {
  type        = string
  default     = "10G"
  description = "At least the base image's own size. Clones grow theirs at their first boot."
}

variable "ssh_timeout" {
  type    = string
  default = "15m"
}

source "qemu" "knode" {
  iso_url                  = var.base_image
  iso_checksum             = var.base_checksum
  disk_image               = true
  disk_size                = var.disk_size
  disk_compression         = true
  format                   = "qcow2"
  qemu_binary              = var.qemu_binary
  machine_type             = var.machine_type
  accelerator              = var.accelerator
  cpus                     = var.cpus
  memory                   = var.memory
  headless                 = true
  qemuargs                 = concat([["-cpu", var.cpu]], var.qemuargs)
  cd_files                 = ["${path.root}/seed/meta-data", "${path.root}/seed/user-data"]
  cd_label                 = "cidata"
  ssh_username             = "root"
  ssh_private_key_file     = "${path.root}/seed/id"
  ssh_timeout              = var.ssh_timeout
  ssh_file_transfer_method = "sftp"
  shutdown_command         = "systemctl poweroff"
  output_directory         = "${local.output}/${var.image_name}"
  vm_name                  = "${var.image_name}.qcow2"
}
