# A template of vSphere, from a template that has cloud-init (or any other way for an SSH key) in it.

variable "vcenter_server" {
  type    = string
  default = "vcenter.example.com"
}

variable "username" {
  type    = string
  default = "administrator@vsphere.local"
}

variable "password" {
  type        = string
  default     = "set-PKR_VAR_password"
  sensitive   = true
  description = "Of vCenter: export PKR_VAR_password."
}

variable "insecure_connection" {
  type        = bool
  default     = false
  description = "Do not check vCenter's certificate."
}

variable "datacenter" {
  type    = string
  default = ""
}

variable "cluster" {
  type    = string
  default = ""
}

variable "host" {
  type        = string
  default     = "set-host"
  description = "The ESXi host; empty with a cluster that has DRS."
}

variable "datastore" {
  type    = string
  default = ""
}

variable "folder" {
  type    = string
  default = ""
}

variable "template" {
  type        = string
  description = "The template to begin with."
}

variable "ssh_username" {
  type = string
}

variable "ssh_private_key_file" {
  type        = string
  default     = ""
  description = "The agent's keys (SSH_AUTH_SOCK) when empty."
}

source "vsphere-clone" "knode" {
  vcenter_server           = var.vcenter_server
  username                 = var.username
  password                 = var.password
  insecure_connection      = var.insecure_connection
  datacenter               = var.datacenter
  cluster                  = var.cluster
  host                     = var.host
  datastore                = var.datastore
  folder                   = var.folder
  template                 = var.template
  vm_name                  = var.image_name
  communicator             = "ssh"
  ssh_username             = var.ssh_username
  ssh_private_key_file     = var.ssh_private_key_file
  ssh_agent_auth           = var.ssh_private_key_file == ""
  ssh_file_transfer_method = "sftp"
  convert_to_template      = true
}
