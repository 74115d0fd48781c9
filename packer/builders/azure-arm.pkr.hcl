# A managed image. Without a client secret Packer asks for a login in the browser (or takes the machine's managed identity).
# The clean-up also does the last step of Azure's own agent (`waagent -deprovision`).

variable "subscription_id" {
  type    = string
  default = env("ARM_SUBSCRIPTION_ID")
}

variable "tenant_id" {
  type    = string
  default = env("ARM_TENANT_ID")
}

variable "client_id" {
  type    = string
  default = env("ARM_CLIENT_ID")
}

variable "client_secret" {
  type      = string
  default   = env("ARM_CLIENT_SECRET")
  sensitive = true
}

variable "resource_group" {
  type        = string
  default     = "knode-images"
  description = "Takes the image; must exist."
}

variable "location" {
  type    = string
  default = "West Europe"
}

variable "vm_size" {
  type = string
}

variable "image_publisher" {
  type = string
}

variable "image_offer" {
  type = string
}

variable "image_sku" {
  type = string
}

variable "ssh_username" {
  type    = string
  default = "knode-bake"
}

source "azure-arm" "knode" {
  subscription_id                   = var.subscription_id
  tenant_id                         = var.tenant_id
  client_id                         = var.client_id
  client_secret                     = var.client_secret
  managed_image_name                = var.image_name
  managed_image_resource_group_name = var.resource_group
  location                          = var.location
  vm_size                           = var.vm_size
  os_type                           = "Linux"
  image_publisher                   = var.image_publisher
  image_offer                       = var.image_offer
  image_sku                         = var.image_sku
  ssh_username                      = var.ssh_username
  ssh_file_transfer_method          = "sftp"
}
