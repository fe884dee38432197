// To be written.
namespace Llm.Core

module internal ResponsesCodecStub =
    let private unused = ()
