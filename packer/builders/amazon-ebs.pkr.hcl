# An AMI. Credentials come from AWS's own chain: environment, shared files, instance profile. Packer makes a key for the
# temporary machine; the clean-up removes it from the image.

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "instance_type" {
  type = string
}

variable "source_ami" {
  type        = string
  default     = "*"
  description = "One AMI; else the newest of this name, owner and architecture."
}

variable "source_ami_name" {
  type = string
}

variable "source_ami_owner" {
  type        = string
  description = "The account that publishes it, self, or amazon. Names alone can be anybody's."
}

variable "architecture" {
  type        = string
  description = "As EC2 calls it: x86_64 or arm64."
}

variable "subnet_id" {
  type    = string
  default = ""
}

variable "encrypt_boot" {
  type    = bool
  default = true
}

variable "volume_size" {
  type        = number
  default     = 10
  description = "GiB."
}

variable "root_device" {
  type = string
}

variable "ssh_username" {
  type = string
}

source "amazon-ebs" "knode" {
  region    = var.region
  ami_name  = var.image_name
  subnet_id = var.subnet_id

  source_ami_filter {
    filters = {
      image-id            = var.source_ami
      name                = var.source_ami_name
      architecture        = var.architecture
      root-device-type    = "ebs"
      virtualization-type = "hvm"
    }
    owners      = [var.source_ami_owner]
    most_recent = true
  }

  instance_type = var.instance_type
  encrypt_boot  = var.encrypt_boot
  ena_support   = true

  launch_block_device_mappings {
    device_name           = var.root_device
    volume_type           = "gp3"
    iops                  = 3000
    throughput            = 125
    volume_size           = var.volume_size
    delete_on_termination = true
  }

  ssh_username             = var.ssh_username
  ssh_file_transfer_method = "sftp"

  tags = {
    Name = var.image_name
  }
}
