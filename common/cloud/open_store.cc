// SPDX-License-Identifier: MIT
#include "common/cloud/open_store.h"

#include "common/cloud/s3_store.h"
#include "common/curl/easy.h"

namespace aircheck::cloud {

std::unique_ptr<ObjectStore> OpenStore(const config::CloudConfig& config,
                                       const StoreOptions& options) {
    curl::GlobalInit();
    if (config.service == "s3") return std::make_unique<S3Store>(config, options);
    throw CloudError(CloudError::Kind::kRefused,
                     "there is no cloud service \"" + config.service + "\"");
}

}  // namespace aircheck::cloud
