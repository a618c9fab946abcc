// SPDX-License-Identifier: MIT
#include "common/cloud/open_store.h"

#include "common/cloud/azure_store.h"
#include "common/cloud/s3_store.h"
#include "common/cloud/sftp_store.h"
#include "common/curl/easy.h"

namespace aircheck::cloud {

std::unique_ptr<ObjectStore> OpenStore(const config::CloudConfig& config,
                                       const StoreOptions& options) {
    curl::GlobalInit();
    if (config.service == "s3") return std::make_unique<S3Store>(config, options);
    if (config.service == "azure") return std::make_unique<AzureStore>(config, options);
    if (config.service == "sftp") return std::make_unique<SftpStore>(config, options);
    throw CloudError(CloudError::Kind::kRefused,
                     "there is no cloud service \"" + config.service + "\"");
}

}  // namespace aircheck::cloud
