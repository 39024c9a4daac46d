// A service of two calls, as a compiler would have made it of this file:
//
//   service Reports {
//     rpc Read(google.protobuf.StringValue) returns (google.protobuf.StringValue);
//     rpc Watch(google.protobuf.StringValue) returns (stream google.protobuf.StringValue);
//   }

import { create, createFileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, file_google_protobuf_wrappers } from "@bufbuild/protobuf/wkt";

const TEXT = ".google.protobuf.StringValue";

const file = create(FileDescriptorProtoSchema, {
  name: "reports.proto",
  package: "example",
  syntax: "proto3",
  dependency: ["google/protobuf/wrappers.proto"],
  service: [
    {
      name: "Reports",
      method: [
        { name: "Read", inputType: TEXT, outputType: TEXT },
        { name: "Watch", inputType: TEXT, outputType: TEXT, serverStreaming: true },
      ],
    },
  ],
});

export const Reports = createFileRegistry(
  file,
  () => file_google_protobuf_wrappers.proto,
).getService("example.Reports");
