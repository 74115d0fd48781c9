# No machine is made: knode's scripts run over SSH on an existing one. For your own pipelines, which make a machine, run this,
# and make an image of its disk. The machine is cleaned like any image: do not use it further.

variable "ssh_host" {
  type    = string
  default = "127.0.0.1"
}

variable "ssh_port" {
  type    = number
  default = 22
}

variable "ssh_username" {
  type    = string
  default = "root"
}

variable "ssh_private_key_file" {
  type        = string
  default     = ""
  description = "The agent's keys (SSH_AUTH_SOCK) when empty."
}

variable "ssh_timeout" {
  type    = string
  default = "5m"
}

source "null" "knode" {
  communicator             = "ssh"
  ssh_host                 = var.ssh_host
  ssh_port                 = var.ssh_port
  ssh_username             = var.ssh_username
  ssh_private_key_file     = var.ssh_private_key_file
  ssh_agent_auth           = var.ssh_private_key_file == ""
  ssh_timeout              = var.ssh_timeout
  ssh_file_transfer_method = "sftp"
}
