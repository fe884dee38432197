// To be written.
namespace Llm.Core

module internal GenerateContentDecodeStub =
    let private unused = ()
