# A template of Proxmox VE, from a template that has cloud-init (or any other way for an SSH key) and the QEMU agent in it.

variable "proxmox_url" {
  type    = string
  default = "https://proxmox.example.com:8006/api2/json"
}

variable "username" {
  type    = string
  default = "root@pam"
}

variable "password" {
  type        = string
  default     = "set-PKR_VAR_password"
  sensitive   = true
  description = "Of Proxmox: export PKR_VAR_password."
}

variable "insecure_skip_tls_verify" {
  type        = bool
  default     = false
  description = "Do not check the certificate of Proxmox."
}

variable "node" {
  type        = string
  default     = "pve"
  description = "The host of the Proxmox cluster."
}

variable "clone_vm" {
  type        = string
  description = "Name of the template to begin with."
}

variable "bridge" {
  type    = string
  default = "vmbr0"
}

variable "cores" {
  type    = number
  default = 2
}

variable "memory" {
  type        = number
  default     = 2048
  description = "MiB."
}

variable "ssh_username" {
  type = string
}

variable "ssh_private_key_file" {
  type        = string
  default     = ""
  description = "The agent's keys (SSH_AUTH_SOCK) when empty."
}

source "proxmox-clone" "knode" {
  proxmox_url              = var.proxmox_url
  username                 = var.username
  password                 = var.password
  insecure_skip_tls_verify = var.insecure_skip_tls_verify
  node                     = var.node
  clone_vm                 = var.clone_vm
  template_name            = var.image_name
  cores                    = var.cores
  memory                   = var.memory
  os                       = "l26"
  scsi_controller          = "virtio-scsi-pci"
  cloud_init               = true
  cloud_init_storage_pool  = "local"

  network_adapters {
    model  = "virtio"
    bridge = var.bridge
  }

  ssh_username             = var.ssh_username
  ssh_private_key_file     = var.ssh_private_key_file
  ssh_agent_auth           = var.ssh_private_key_file == ""
  ssh_file_transfer_method = "sftp"
}
