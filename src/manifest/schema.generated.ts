// Generated from crds/rota.dev_scheduledtasks.yaml by npm run types: do not edit.
import type { Schema } from './structure.ts'

export const SPEC_SCHEMA: Schema = {
  "type": "object",
  "required": [
    "operation"
  ],
  "properties": {
    "title": {
      "type": "string",
      "maxLength": 120
    },
    "costCenter": {
      "type": "string",
      "maxLength": 63
    },
    "schedule": {
      "type": "string",
      "maxLength": 128
    },
    "timeZone": {
      "type": "string",
      "default": "UTC",
      "maxLength": 64
    },
    "daylightSaving": {
      "type": "object",
      "default": {},
      "properties": {
        "skippedTime": {
          "type": "string",
          "default": "RunAfter",
          "enum": [
            "RunAfter",
            "Skip"
          ]
        },
        "repeatedTime": {
          "type": "string",
          "default": "First",
          "enum": [
            "First",
            "Last",
            "Both"
          ]
        }
      }
    },
    "suspend": {
      "type": "boolean",
      "default": false
    },
    "startingDeadlineSeconds": {
      "type": "integer",
      "default": 3600,
      "minimum": 10,
      "maximum": 2147483647
    },
    "jitterSeconds": {
      "type": "integer",
      "default": 0,
      "minimum": 0,
      "maximum": 3600
    },
    "concurrencyPolicy": {
      "type": "string",
      "default": "Forbid",
      "enum": [
        "Forbid",
        "Queue",
        "Replace"
      ]
    },
    "priority": {
      "type": "integer",
      "default": 0,
      "minimum": -1000,
      "maximum": 1000
    },
    "dependsOn": {
      "type": "array",
      "minItems": 1,
      "maxItems": 16,
      "unique": [
        "name"
      ],
      "items": {
        "type": "object",
        "required": [
          "name"
        ],
        "properties": {
          "name": {
            "type": "string",
            "maxLength": 52
          }
        }
      }
    },
    "suspendAfterFailures": {
      "type": "integer",
      "default": 0,
      "minimum": 0,
      "maximum": 100
    },
    "cacheSeconds": {
      "type": "integer",
      "default": 0,
      "minimum": 0,
      "maximum": 604800
    },
    "timeoutSeconds": {
      "type": "integer",
      "minimum": 1,
      "maximum": 86400
    },
    "retry": {
      "type": "object",
      "default": {},
      "properties": {
        "attempts": {
          "type": "integer",
          "minimum": 1,
          "maximum": 10
        },
        "delaySeconds": {
          "type": "integer",
          "minimum": 0,
          "maximum": 3600
        },
        "backoff": {
          "type": "string",
          "default": "Exponential",
          "enum": [
            "Exponential",
            "Constant"
          ]
        },
        "maxDelaySeconds": {
          "type": "integer",
          "default": 300,
          "minimum": 0,
          "maximum": 86400
        }
      }
    },
    "serviceAccountName": {
      "type": "string",
      "default": "default",
      "maxLength": 253
    },
    "target": {
      "type": "object",
      "properties": {
        "namespaces": {
          "type": "array",
          "minItems": 1,
          "maxItems": 50,
          "unique": true,
          "items": {
            "type": "string",
            "maxLength": 63
          }
        },
        "namespaceSelector": {
          "type": "object",
          "properties": {
            "matchLabels": {
              "type": "object",
              "maxProperties": 16,
              "members": {
                "type": "string",
                "maxLength": 63
              }
            },
            "matchExpressions": {
              "type": "array",
              "maxItems": 16,
              "items": {
                "type": "object",
                "required": [
                  "key",
                  "operator"
                ],
                "properties": {
                  "key": {
                    "type": "string",
                    "maxLength": 317
                  },
                  "operator": {
                    "type": "string",
                    "enum": [
                      "In",
                      "NotIn",
                      "Exists",
                      "DoesNotExist"
                    ]
                  },
                  "values": {
                    "type": "array",
                    "maxItems": 32,
                    "items": {
                      "type": "string",
                      "maxLength": 63
                    }
                  }
                }
              }
            }
          }
        }
      }
    },
    "maxAffected": {
      "type": "object",
      "properties": {
        "objects": {
          "type": "integer",
          "minimum": 0,
          "maximum": 1000000
        },
        "percent": {
          "type": "integer",
          "minimum": 0,
          "maximum": 100
        }
      }
    },
    "dryRun": {
      "type": "boolean",
      "default": false
    },
    "historyLimit": {
      "type": "integer",
      "default": 10,
      "minimum": 0,
      "maximum": 20
    },
    "operation": {
      "type": "object",
      "properties": {
        "sleep": {
          "type": "object",
          "properties": {
            "wakeSchedule": {
              "type": "string",
              "maxLength": 128
            },
            "kinds": {
              "type": "array",
              "default": [
                "Deployment",
                "StatefulSet",
                "CronJob",
                "ScaledObject.keda.sh"
              ],
              "minItems": 1,
              "maxItems": 16,
              "unique": true,
              "items": {
                "type": "string",
                "maxLength": 190
              }
            },
            "replicas": {
              "type": "integer",
              "default": 0,
              "minimum": 0,
              "maximum": 10000
            },
            "verify": {
              "type": "object",
              "properties": {
                "timeoutSeconds": {
                  "type": "integer",
                  "default": 300,
                  "minimum": 1,
                  "maximum": 3600
                }
              }
            },
            "selector": {
              "type": "object",
              "properties": {
                "matchLabels": {
                  "type": "object",
                  "maxProperties": 16,
                  "members": {
                    "type": "string",
                    "maxLength": 63
                  }
                },
                "matchExpressions": {
                  "type": "array",
                  "maxItems": 16,
                  "items": {
                    "type": "object",
                    "required": [
                      "key",
                      "operator"
                    ],
                    "properties": {
                      "key": {
                        "type": "string",
                        "maxLength": 317
                      },
                      "operator": {
                        "type": "string",
                        "enum": [
                          "In",
                          "NotIn",
                          "Exists",
                          "DoesNotExist"
                        ]
                      },
                      "values": {
                        "type": "array",
                        "maxItems": 32,
                        "items": {
                          "type": "string",
                          "maxLength": 63
                        }
                      }
                    }
                  }
                }
              }
            },
            "exclude": {
              "type": "object",
              "properties": {
                "names": {
                  "type": "array",
                  "minItems": 1,
                  "maxItems": 100,
                  "unique": true,
                  "items": {
                    "type": "string",
                    "maxLength": 253
                  }
                },
                "selector": {
                  "type": "object",
                  "properties": {
                    "matchLabels": {
                      "type": "object",
                      "maxProperties": 16,
                      "members": {
                        "type": "string",
                        "maxLength": 63
                      }
                    },
                    "matchExpressions": {
                      "type": "array",
                      "maxItems": 16,
                      "items": {
                        "type": "object",
                        "required": [
                          "key",
                          "operator"
                        ],
                        "properties": {
                          "key": {
                            "type": "string",
                            "maxLength": 317
                          },
                          "operator": {
                            "type": "string",
                            "enum": [
                              "In",
                              "NotIn",
                              "Exists",
                              "DoesNotExist"
                            ]
                          },
                          "values": {
                            "type": "array",
                            "maxItems": 32,
                            "items": {
                              "type": "string",
                              "maxLength": 63
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            },
            "onDelete": {
              "type": "string",
              "default": "Wake",
              "enum": [
                "Wake",
                "Leave"
              ]
            }
          }
        },
        "wake": {
          "type": "object",
          "properties": {
            "kinds": {
              "type": "array",
              "default": [
                "Deployment",
                "StatefulSet",
                "CronJob",
                "ScaledObject.keda.sh"
              ],
              "minItems": 1,
              "maxItems": 16,
              "unique": true,
              "items": {
                "type": "string",
                "maxLength": 190
              }
            },
            "selector": {
              "type": "object",
              "properties": {
                "matchLabels": {
                  "type": "object",
                  "maxProperties": 16,
                  "members": {
                    "type": "string",
                    "maxLength": 63
                  }
                },
                "matchExpressions": {
                  "type": "array",
                  "maxItems": 16,
                  "items": {
                    "type": "object",
                    "required": [
                      "key",
                      "operator"
                    ],
                    "properties": {
                      "key": {
                        "type": "string",
                        "maxLength": 317
                      },
                      "operator": {
                        "type": "string",
                        "enum": [
                          "In",
                          "NotIn",
                          "Exists",
                          "DoesNotExist"
                        ]
                      },
                      "values": {
                        "type": "array",
                        "maxItems": 32,
                        "items": {
                          "type": "string",
                          "maxLength": 63
                        }
                      }
                    }
                  }
                }
              }
            },
            "exclude": {
              "type": "object",
              "properties": {
                "names": {
                  "type": "array",
                  "minItems": 1,
                  "maxItems": 100,
                  "unique": true,
                  "items": {
                    "type": "string",
                    "maxLength": 253
                  }
                },
                "selector": {
                  "type": "object",
                  "properties": {
                    "matchLabels": {
                      "type": "object",
                      "maxProperties": 16,
                      "members": {
                        "type": "string",
                        "maxLength": 63
                      }
                    },
                    "matchExpressions": {
                      "type": "array",
                      "maxItems": 16,
                      "items": {
                        "type": "object",
                        "required": [
                          "key",
                          "operator"
                        ],
                        "properties": {
                          "key": {
                            "type": "string",
                            "maxLength": 317
                          },
                          "operator": {
                            "type": "string",
                            "enum": [
                              "In",
                              "NotIn",
                              "Exists",
                              "DoesNotExist"
                            ]
                          },
                          "values": {
                            "type": "array",
                            "maxItems": 32,
                            "items": {
                              "type": "string",
                              "maxLength": 63
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            },
            "verify": {
              "type": "object",
              "properties": {
                "timeoutSeconds": {
                  "type": "integer",
                  "default": 300,
                  "minimum": 1,
                  "maximum": 3600
                }
              }
            }
          }
        },
        "scale": {
          "type": "object",
          "required": [
            "replicas"
          ],
          "properties": {
            "selector": {
              "type": "object",
              "properties": {
                "matchLabels": {
                  "type": "object",
                  "maxProperties": 16,
                  "members": {
                    "type": "string",
                    "maxLength": 63
                  }
                },
                "matchExpressions": {
                  "type": "array",
                  "maxItems": 16,
                  "items": {
                    "type": "object",
                    "required": [
                      "key",
                      "operator"
                    ],
                    "properties": {
                      "key": {
                        "type": "string",
                        "maxLength": 317
                      },
                      "operator": {
                        "type": "string",
                        "enum": [
                          "In",
                          "NotIn",
                          "Exists",
                          "DoesNotExist"
                        ]
                      },
                      "values": {
                        "type": "array",
                        "maxItems": 32,
                        "items": {
                          "type": "string",
                          "maxLength": 63
                        }
                      }
                    }
                  }
                }
              }
            },
            "verify": {
              "type": "object",
              "properties": {
                "timeoutSeconds": {
                  "type": "integer",
                  "default": 300,
                  "minimum": 1,
                  "maximum": 3600
                }
              }
            },
            "kinds": {
              "type": "array",
              "default": [
                "Deployment",
                "StatefulSet"
              ],
              "minItems": 1,
              "maxItems": 16,
              "unique": true,
              "items": {
                "type": "string",
                "maxLength": 190
              }
            },
            "names": {
              "type": "array",
              "minItems": 1,
              "maxItems": 100,
              "unique": true,
              "items": {
                "type": "string",
                "maxLength": 253
              }
            },
            "replicas": {
              "type": "integer",
              "minimum": 0,
              "maximum": 10000
            }
          }
        },
        "restart": {
          "type": "object",
          "properties": {
            "selector": {
              "type": "object",
              "properties": {
                "matchLabels": {
                  "type": "object",
                  "maxProperties": 16,
                  "members": {
                    "type": "string",
                    "maxLength": 63
                  }
                },
                "matchExpressions": {
                  "type": "array",
                  "maxItems": 16,
                  "items": {
                    "type": "object",
                    "required": [
                      "key",
                      "operator"
                    ],
                    "properties": {
                      "key": {
                        "type": "string",
                        "maxLength": 317
                      },
                      "operator": {
                        "type": "string",
                        "enum": [
                          "In",
                          "NotIn",
                          "Exists",
                          "DoesNotExist"
                        ]
                      },
                      "values": {
                        "type": "array",
                        "maxItems": 32,
                        "items": {
                          "type": "string",
                          "maxLength": 63
                        }
                      }
                    }
                  }
                }
              }
            },
            "verify": {
              "type": "object",
              "properties": {
                "timeoutSeconds": {
                  "type": "integer",
                  "default": 300,
                  "minimum": 1,
                  "maximum": 3600
                }
              }
            },
            "kinds": {
              "type": "array",
              "default": [
                "Deployment",
                "StatefulSet",
                "DaemonSet"
              ],
              "minItems": 1,
              "maxItems": 3,
              "unique": true,
              "items": {
                "type": "string",
                "enum": [
                  "Deployment",
                  "StatefulSet",
                  "DaemonSet"
                ]
              }
            },
            "names": {
              "type": "array",
              "minItems": 1,
              "maxItems": 100,
              "unique": true,
              "items": {
                "type": "string",
                "maxLength": 253
              }
            }
          }
        },
        "cleanup": {
          "type": "object",
          "required": [
            "kinds"
          ],
          "properties": {
            "kinds": {
              "type": "array",
              "minItems": 1,
              "maxItems": 16,
              "unique": true,
              "items": {
                "type": "string",
                "maxLength": 190
              }
            },
            "selector": {
              "type": "object",
              "properties": {
                "matchLabels": {
                  "type": "object",
                  "maxProperties": 16,
                  "members": {
                    "type": "string",
                    "maxLength": 63
                  }
                },
                "matchExpressions": {
                  "type": "array",
                  "maxItems": 16,
                  "items": {
                    "type": "object",
                    "required": [
                      "key",
                      "operator"
                    ],
                    "properties": {
                      "key": {
                        "type": "string",
                        "maxLength": 317
                      },
                      "operator": {
                        "type": "string",
                        "enum": [
                          "In",
                          "NotIn",
                          "Exists",
                          "DoesNotExist"
                        ]
                      },
                      "values": {
                        "type": "array",
                        "maxItems": 32,
                        "items": {
                          "type": "string",
                          "maxLength": 63
                        }
                      }
                    }
                  }
                }
              }
            },
            "exclude": {
              "type": "object",
              "properties": {
                "names": {
                  "type": "array",
                  "minItems": 1,
                  "maxItems": 100,
                  "unique": true,
                  "items": {
                    "type": "string",
                    "maxLength": 253
                  }
                },
                "selector": {
                  "type": "object",
                  "properties": {
                    "matchLabels": {
                      "type": "object",
                      "maxProperties": 16,
                      "members": {
                        "type": "string",
                        "maxLength": 63
                      }
                    },
                    "matchExpressions": {
                      "type": "array",
                      "maxItems": 16,
                      "items": {
                        "type": "object",
                        "required": [
                          "key",
                          "operator"
                        ],
                        "properties": {
                          "key": {
                            "type": "string",
                            "maxLength": 317
                          },
                          "operator": {
                            "type": "string",
                            "enum": [
                              "In",
                              "NotIn",
                              "Exists",
                              "DoesNotExist"
                            ]
                          },
                          "values": {
                            "type": "array",
                            "maxItems": 32,
                            "items": {
                              "type": "string",
                              "maxLength": 63
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            },
            "olderThanSeconds": {
              "type": "integer",
              "minimum": 0,
              "maximum": 315360000
            },
            "keepNewest": {
              "type": "integer",
              "minimum": 0,
              "maximum": 10000
            },
            "phases": {
              "type": "array",
              "minItems": 1,
              "maxItems": 16,
              "unique": true,
              "items": {
                "type": "string",
                "maxLength": 63
              }
            }
          }
        },
        "createNamespace": {
          "type": "object",
          "properties": {
            "labels": {
              "type": "object",
              "maxProperties": 32,
              "members": {
                "type": "string",
                "maxLength": 63
              }
            },
            "annotations": {
              "type": "object",
              "maxProperties": 32,
              "members": {
                "type": "string",
                "maxLength": 1024
              }
            },
            "manifests": {
              "type": "string",
              "maxLength": 65536
            }
          }
        },
        "deleteNamespace": {
          "type": "object",
          "properties": {
            "confirm": {
              "type": "array",
              "minItems": 1,
              "maxItems": 50,
              "unique": true,
              "items": {
                "type": "string",
                "maxLength": 63
              }
            },
            "olderThanSeconds": {
              "type": "integer",
              "minimum": 0,
              "maximum": 315360000
            }
          }
        },
        "patch": {
          "type": "object",
          "required": [
            "kind",
            "patch"
          ],
          "properties": {
            "kind": {
              "type": "string",
              "maxLength": 190
            },
            "names": {
              "type": "array",
              "minItems": 1,
              "maxItems": 100,
              "unique": true,
              "items": {
                "type": "string",
                "maxLength": 253
              }
            },
            "selector": {
              "type": "object",
              "properties": {
                "matchLabels": {
                  "type": "object",
                  "maxProperties": 16,
                  "members": {
                    "type": "string",
                    "maxLength": 63
                  }
                },
                "matchExpressions": {
                  "type": "array",
                  "maxItems": 16,
                  "items": {
                    "type": "object",
                    "required": [
                      "key",
                      "operator"
                    ],
                    "properties": {
                      "key": {
                        "type": "string",
                        "maxLength": 317
                      },
                      "operator": {
                        "type": "string",
                        "enum": [
                          "In",
                          "NotIn",
                          "Exists",
                          "DoesNotExist"
                        ]
                      },
                      "values": {
                        "type": "array",
                        "maxItems": 32,
                        "items": {
                          "type": "string",
                          "maxLength": 63
                        }
                      }
                    }
                  }
                }
              }
            },
            "type": {
              "type": "string",
              "default": "Merge",
              "enum": [
                "Merge",
                "Strategic",
                "JSON"
              ]
            },
            "patch": {
              "type": "string",
              "maxLength": 16384
            }
          }
        },
        "apply": {
          "type": "object",
          "required": [
            "manifests"
          ],
          "properties": {
            "manifests": {
              "type": "string",
              "maxLength": 65536
            },
            "force": {
              "type": "boolean",
              "default": false
            }
          }
        },
        "job": {
          "type": "object",
          "properties": {
            "template": {
              "type": "object",
              "open": true
            },
            "image": {
              "type": "string",
              "minLength": 1,
              "maxLength": 1024
            },
            "command": {
              "type": "array",
              "maxItems": 64,
              "items": {
                "type": "string",
                "maxLength": 8192
              }
            },
            "args": {
              "type": "array",
              "maxItems": 64,
              "items": {
                "type": "string",
                "maxLength": 8192
              }
            },
            "env": {
              "type": "array",
              "maxItems": 64,
              "unique": [
                "name"
              ],
              "items": {
                "type": "object",
                "required": [
                  "name"
                ],
                "properties": {
                  "name": {
                    "type": "string",
                    "maxLength": 253
                  },
                  "value": {
                    "type": "string",
                    "maxLength": 8192
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
