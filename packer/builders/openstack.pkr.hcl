# An image in Glance. Credentials come from OpenStack's usual places: OS_* of an RC file, or OS_CLOUD and clouds.yaml. They are
# needed to validate as well: Packer's builder logs in first.

variable "source_image_name" {
  type        = string
  description = "Name in Glance of the distribution's cloud image."
}

variable "flavor" {
  type    = string
  default = "m1.small"
}

variable "networks" {
  type        = list(string)
  default     = []
  description = "IDs of networks; where there is but one, none."
}

variable "floating_ip_network" {
  type        = string
  default     = ""
  description = "ID or name of the external network, where the machine needs an address of it to be reached."
}

variable "ssh_username" {
  type = string
}

source "openstack" "knode" {
  image_name               = var.image_name
  source_image_name        = var.source_image_name
  flavor                   = var.flavor
  networks                 = var.networks
  floating_ip_network      = var.floating_ip_network
  ssh_username             = var.ssh_username
  ssh_file_transfer_method = "sftp"

}
