# Variables of every builder. knode sets image_name in knode.auto.pkrvars.json; you may set the others by
# -var, PKR_VAR_<name>, or a *.auto.pkrvars.hcl file of your own beside this one.

variable "image_name" {
  type        = string
  description = "Name of the image: its versions, and the beginning of its payload's digest."
}

variable "output" {
  type        = string
  default     = ""
  description = "Folder on this machine for the image's manifest and bill of materials, and with qemu for the image itself."
}

locals {
  output = var.output == "" ? "${path.root}/output" : var.output
}

variable "http_proxy" {
  type        = string
  default     = ""
  description = "A proxy for the machine while it is baked. It does not stay in the image."
}

variable "https_proxy" {
  type    = string
  default = ""
}

variable "no_proxy" {
  type    = string
  default = ""
}

variable "mirrors" {
  type        = string
  default     = ""
  sensitive   = true
  description = "Base URLs of mirrors, with blanks between them, in the place of the cluster file's: those that want a password or a signature. They do not stay in the image. Set it by the environment: PKR_VAR_mirrors."
}
