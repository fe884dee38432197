// To be written.
namespace Llm.Core

module internal GenerateContentCodecStub =
    let private unused = ()
