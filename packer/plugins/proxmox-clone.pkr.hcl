# From 1.7 on Packer's builders are plugins: `packer init` installs this one. Packer 1.6 has the builder built in and does not
# know this block: `knode image template --packer 1.6` leaves the file out.

packer {
  required_plugins {
    proxmox = {
      source  = "github.com/hashicorp/proxmox"
      version = ">= 1.1.0"
    }
  }
}
