# An image of Compute Engine. Credentials: GOOGLE_APPLICATION_CREDENTIALS, `gcloud auth application-default login`, or the
# machine's service account.

variable "project_id" {
  type        = string
  default     = "set-project-id"
  description = "The project that gets the image."
}

variable "zone" {
  type    = string
  default = "europe-west3-a"
}

variable "source_image" {
  type        = string
  default     = ""
  description = "Instead of the newest image of the family."
}

variable "source_image_family" {
  type = string
}

variable "source_image_project" {
  type = string
}

variable "machine_type" {
  type = string
}

variable "disk_size" {
  type        = number
  default     = 10
  description = "GB; not less than the source image."
}

variable "subnetwork" {
  type    = string
  default = ""
}

variable "ssh_username" {
  type    = string
  default = "knode-bake"
}

source "googlecompute" "knode" {
  project_id               = var.project_id
  zone                     = var.zone
  image_name               = var.image_name
  source_image             = var.source_image
  source_image_family      = var.source_image_family
  source_image_project_id  = [var.source_image_project]
  machine_type             = var.machine_type
  disk_size                = var.disk_size
  subnetwork               = var.subnetwork
  ssh_username             = var.ssh_username
  ssh_file_transfer_method = "sftp"

  # Keys come from the instance's own metadata, not from an OS Login account.
  metadata = {
    enable-oslogin = "FALSE"
  }
}
